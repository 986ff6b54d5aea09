"""AWS on this machine: MiniStack on the loopback address, with identity policies and TLS on, and a record of what it lacks."""
