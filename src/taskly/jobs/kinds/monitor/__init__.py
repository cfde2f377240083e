"""The kind `monitor`: looks whether hosts, services and the disk are as they should be."""
