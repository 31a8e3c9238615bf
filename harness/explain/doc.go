// Package explain turns facts about one life of a Blender into a cause and a
// remedy. It starts nothing and asks nothing: what it is to know is in Facts.
//
//	seen, cause := explain.Ended(explain.Facts{Exit: exit, Log: exit.Tail, Source: explain.Read("launch.py")})
//	fmt.Println(seen, "because", cause)
//
// Where a cause rests on the text of the source alone, it is a guess.
package explain
