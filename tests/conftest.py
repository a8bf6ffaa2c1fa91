"""What several test modules need: manifests made to measure, and the corpus of real files when it is there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CORPUS = Path(os.environ.get("CNILINT_CORPUS", ROOT.parent / "shared" / "corpus"))
REGISTRY = "602401143452.dkr.ecr.us-west-2.amazonaws.com"


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Return the folder of real files; the test is skipped where there is none."""
    if not CORPUS.is_dir():
        pytest.skip(f"no corpus: set CNILINT_CORPUS to a folder with stock/ and wild/ (looked in {CORPUS})")
    return CORPUS


@pytest.fixture
def manifest() -> str:
    """Return a short manifest that is complete: nothing in it deserves a finding of its own."""
    return f"""\
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: aws-node
  namespace: kube-system
spec:
  selector: {{matchLabels: {{k8s-app: aws-node}}}}
  template:
    spec:
      hostNetwork: true
      serviceAccountName: aws-node
      containers:
        - name: aws-node
          image: {REGISTRY}/amazon-k8s-cni:v1.23.1
          env:
            - name: ENABLE_IPv4
              value: "true"
            - name: WARM_IP_TARGET
              value: "5"
"""
