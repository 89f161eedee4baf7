"""Put on PYTHONPATH of every child: no network."""
