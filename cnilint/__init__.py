"""cnilint: the linter and policy checker for the configuration of the Amazon VPC CNI on EKS."""

from __future__ import annotations

__version__ = "0.1.0"
