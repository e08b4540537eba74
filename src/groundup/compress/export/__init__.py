"""Models in the forms of others: ONNX, TensorFlow, Hugging Face folders. Each is run and compared before it appears."""
