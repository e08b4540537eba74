"""What notebooks show of models, outcomes and explanations. In English and Chinese."""

NOTEBOOK: dict[str, tuple[str, str]] = {
    "a model": ("Model", "模型"),
    "model of task": ("Model: {task}", "模型：{task}"),
    "a model that writes": ("Model that writes", "生成文本的模型"),
    "an outcome": ("Outcome", "结果"),
    "family": ("family", "模型家族"),
    "reads kinds": ("reads", "输入"),
    "labels it gives": ("labels", "标签"),
    "size of model": ("parameters", "参数"),
    "longest input": ("longest input", "最长输入"),
    "tokens of it": ("{count} tokens", "{count} 个词元"),
    "label column it learned": ("trained on the column", "训练所用的标签列"),
    "folder it lies in": ("folder", "文件夹"),
    "how good it is": ("how good it is", "效果"),
    "further labels": ("… and {count} more", "……另有 {count} 项"),
    "whole report": ("whole report", "完整报告"),
}
