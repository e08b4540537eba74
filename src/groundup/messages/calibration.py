"""What is said of calibration: what was tried on validation rows, what was kept, and test rows before and after."""

CALIBRATION: dict[str, tuple[str, str]] = {
    "calibrated by temperature": (
        "Calibrated by a temperature of {temperature}, fitted to {rows:validation row|validation rows} (log loss of rows "
        "left out {losses}).",
        "概率已校准：温度 {temperature}，由 {rows} 行验证数据拟合（留出行的对数损失 {losses}）。",
    ),
    "calibrated by isotonic": (
        "Calibrated by isotonic regression of each class, fitted to {rows:validation row|validation rows} (log loss of rows "
        "left out "
        "{losses}).",
        "概率已校准：对每个类别做保序回归，由 {rows} 行验证数据拟合（留出行的对数损失 {losses}）。",
    ),
    "calibrated by none": (
        "Not calibrated: nothing lowers the log loss of rows left out of {rows:validation row|validation rows} ({losses}).",
        "概率未校准：在 {rows} 行验证数据中，没有方法能降低留出行的对数损失（{losses}）。",
    ),
    "too few to calibrate": (
        "Not calibrated: {rows:validation row|validation rows} are too few, {least} are needed.",
        "概率未校准：验证数据只有 {rows} 行，至少需要 {least} 行。",
    ),
    "not to be calibrated": ("Not calibrated: --calibration none.", "概率未校准：--calibration none。"),
    "calibration on test": (
        "On these rows: expected calibration error {ece_before} before, {ece_after} after; log loss {loss_before} before, "
        "{loss_after} after.",
        "在这些行上：期望校准误差由 {ece_before} 变为 {ece_after}；对数损失由 {loss_before} 变为 {loss_after}。",
    ),
    "calibrated in weights": (
        "probabilities are calibrated: the weights hold the temperature, {temperature}",
        "概率已校准：温度 {temperature} 已并入权重",
    ),
    "calibrated by groundup": (
        "probabilities are calibrated by groundup alone, by manifest.json: other programs see them as they were trained",
        "概率只由 groundup 依据 manifest.json 校准：其他程序看到的是未校准的概率",
    ),
    "loss of none": ("as trained {loss}", "原始 {loss}"),
    "loss of temperature": ("temperature {loss}", "温度 {loss}"),
    "loss of isotonic": ("isotonic {loss}", "保序 {loss}"),
    "before calibration": ("before calibration", "校准前"),
    "after calibration": ("after calibration", "校准后"),
}
