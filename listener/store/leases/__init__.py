"""The leases of processes that share a server: on everything, or on parts of the work. PostgreSQL alone."""
