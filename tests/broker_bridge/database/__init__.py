"""Tests of the tables and of the rules by which rows come to be."""
