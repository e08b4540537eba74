"""What commands say on the terminal while they work and when they are done. In English and Chinese."""

TERMINAL: dict[str, tuple[str, str]] = {
    "finished already": ("{out} is finished already", "{out} 已经完成"),
    # the table of a training
    "training now": ("training", "训练"),
    "evaluating": ("evaluating", "评估"),
    "evaluated": ("evaluated", "评估结果"),
    "best": ("best", "最佳"),
    "time left": ("{time} left", "剩余 {time}"),
    "seconds so far": ("{time} so far", "已用 {time}"),
    "a second": ("{rate} a second", "每秒 {rate}"),
    "column step": ("step", "步"),
    "column epoch": ("epoch", "轮次"),
    "column train loss": ("loss", "训练损失"),
    "column tokens/s": ("tokens/s", "词元/秒"),
    "column left": ("left", "剩余"),
    "column loss": ("val loss", "验证损失"),
    "column pearson": ("Pearson", "皮尔逊"),
    "column spearman": ("Spearman", "斯皮尔曼"),
    "column mean_absolute_error": ("MAE", "平均误差"),
    "column root_mean_squared_error": ("RMSE", "均方根误差"),
    "column pretraining_loss": ("pretraining", "预训练损失"),
    "column subset_accuracy": ("all right", "全对率"),
    "column masked_accuracy": ("masked acc.", "掩码准确率"),
    "column next_word_accuracy": ("next word", "下一词准确率"),
    "column bits_per_byte": ("bits/byte", "比特/字节"),
    "column explained_variance": ("explained", "解释方差"),
    "column nsp_accuracy": ("next sent.", "下一句准确率"),
    "column score": ("score", "得分"),
    # bundle
    "bundle fetching": ("fetching the libraries by pip", "正在用 pip 获取所需的库"),
    "bundle taking": ("taking the libraries from {folder}", "从 {folder} 中取所需的库"),
    "bundle written": (
        "{out}: {size}, {files} files, {packages} packages among them",
        "{out}：{size}，{files} 个文件，其中 {packages} 个软件包",
    ),
    "bundle next": (
        "there: tar -xf {name} && cd {folder} && python install.py --venv .venv",
        "在另一台机器上：tar -xf {name} && cd {folder} && python install.py --venv .venv",
    ),
}
