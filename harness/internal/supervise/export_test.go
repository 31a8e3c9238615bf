package supervise

// Patience is patience, for tests.
var Patience = &patience
