module github.com/bgcheck/bgcheck

go 1.26.8
