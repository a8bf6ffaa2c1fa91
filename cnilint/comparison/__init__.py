"""Two places that configure the CNI compared: what is different for pods and nodes, and what comes of it."""
