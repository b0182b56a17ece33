"""What must work without TensorFlow does not load it."""

import subprocess
import sys


def test_modules_for_building_and_running_do_not_load_tensorflow() -> None:
    modules = "card, configuration, curves, data, digits, evaluation, files, images, pretrained, specification"
    imports = f"from attendnets_tf import {modules}; from attendnets_tf.explore import untrained"
    code = f"import sys; {imports}; print([m for m in ('tensorflow', 'tf_keras', 'matplotlib') if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
