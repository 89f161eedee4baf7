"""The club: roles, members, points, rewards."""
