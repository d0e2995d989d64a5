"""The demo world on one machine: secrets, seeds and the supervisor behind `make demo`."""
