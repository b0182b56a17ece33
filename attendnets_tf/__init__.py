"""The Keras side of AttendNets-TF: data, AttendNet models, training, int8 quantization and conversion to ``.tflite``.

Importing this package loads nothing heavy. Only ``runtime`` imports TensorFlow; the modules that do not need it
(``specification``, ``images``, ``data``, ``card``, ``pretrained``) work without it.
"""
