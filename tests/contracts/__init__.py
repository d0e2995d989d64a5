"""Tests of reading contracts: shapes that registers of several countries and toolkits publish."""
