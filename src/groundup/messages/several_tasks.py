"""What the page of one model for several tasks says. In English and Chinese."""

SEVERAL_TASKS: dict[str, tuple[str, str]] = {
    # several tasks
    "several tasks": ("One model for several tasks", "一个模型，多项任务"),
    "kind of task": ("kind", "类型"),
    "trained uniform": ("trained with uniform weights", "以均匀权重训练"),
    "trained single": ("trained for this task alone", "只为此任务训练"),
    "mean difference": (
        "Mean over the targets of the difference from a model {other}: {value}.",
        "与{other}的模型相比，各目标任务的平均差值：{value}。",
    ),
    "weights help little": (
        "Weights rarely help much: uniform weights with ordinary regularization are hard to beat (Kurin et al., 2022), and a "
        "difference whose interval holds 0 is none.",
        "权重的作用通常很小：均匀权重加普通正则化很难被超越（Kurin 等，2022）；区间包含 0 的差值不算差别。",
    ),
    "task weights": ("Weights of the tasks", "任务权重"),
    "weight": ("weight", "权重"),
    "mean weight": ("mean over the run", "全程平均"),
    "effective weights": ("Share of each task in the loss", "各任务在损失中的份额"),
    "weights cv": ("Found by cross-validation on the training rows.", "由训练行上的交叉验证得出。"),
    "weights uniform": ("All alike.", "全部相同。"),
    "weights fixed": ("As the recipe says.", "由配方指定。"),
    "weights uncertainty": ("Learned with the model (Kendall et al., 2018).", "与模型一同学习（Kendall 等，2018）。"),
    "weights dwa": (
        "By how slowly the losses fall (dynamic weight averaging, Liu et al., 2019).",
        "按损失下降的快慢（动态权重平均，Liu 等，2019）。",
    ),
    "weights gradnorm": (
        "By the size of the gradients (GradNorm, Chen et al., 2018).",
        "按梯度大小（GradNorm，Chen 等，2018）。",
    ),
    "weights pcgrad": (
        "All alike; conflicting gradients are made orthogonal (PCGrad, Yu et al., 2020).",
        "全部相同；相互冲突的梯度被投影为正交（PCGrad，Yu 等，2020）。",
    ),
    "left out tasks": ("Tasks that hardly count or were left out", "几乎不计或被排除的任务"),
    "reason": ("reason", "原因"),
    "candidate": ("weights", "权重"),
    "mean score": ("mean of the targets above chance", "目标任务高出随机的平均值"),
    "standard error": ("standard error", "标准误"),
    "search round": ("Search for weights, round {number}", "权重搜索，第 {number} 轮"),
    "round told": (
        "{folds:fold|folds} of the training rows, {steps:update|updates} each, {blocks}.",
        "训练行的 {folds} 折，每次 {steps} 步更新，{blocks}。",
    ),
    "all blocks": ("all blocks trained", "训练全部层"),
    "top blocks": ("the top blocks trained on kept states of the others", "在其余层保存的状态上只训练顶部各层"),
    "explained": ("explained by a ridge head", "岭回归头解释的比例"),
    "by chance": ("by chance up to", "随机情形最多"),
    "own cosine": ("own cosine", "自身余弦"),
    "cosine with": ("cosine with {target}", "与 {target} 的余弦"),
    "screening": ("Screening", "筛选"),
    "screening told": (
        "Explained: share of the targets' variance that a linear head on the body as it is predicts for rows left out. "
        "Cosine: of a task's training gradient with the gradient of held out rows of each target.",
        "解释的比例：未经本次训练的主干上的线性头对留出行所预测的目标方差份额。余弦：任务的训练梯度与各目标留出行"
        "梯度之间的余弦。",
    ),
    "search seconds": ("seconds of the search", "搜索用时（秒）"),
    "training seconds": ("seconds of the training", "训练用时（秒）"),
}
