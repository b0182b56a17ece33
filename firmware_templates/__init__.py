"""What is rendered or copied into a firmware project: C kernels, harness, board data. No Python beside this line."""
