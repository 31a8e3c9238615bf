// Package command holds the words of the bgcheck command, one file each.
//
//	bgcheck check ./my_addon             judge an add-on
//	bgcheck init ./my_addon              write a first target file for it
//	bgcheck list                         list the checks
//	bgcheck explain exec/takes-effect    what a check means, and what to do
//	bgcheck report                       print the last report
//	bgcheck doctor                       can checks run here?
//
// and, for bgcheck's own repository, package, proof, matrix and bench.
//
// A program calls Main and exits with what it returns; see Status for the
// numbers.
package command
