"""Tests of the security scoreboard."""
