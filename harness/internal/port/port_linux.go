package port

import (
	"fmt"
	"os"
)

// ephemeralRange is the range the kernel gives ports from by itself.
func ephemeralRange() (first, last int) {
	data, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	if err == nil {
		if _, err = fmt.Sscan(string(data), &first, &last); err == nil {
			return first, last
		}
	}
	return 32768, 60999
}
