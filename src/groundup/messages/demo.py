"""What the demo says and shows, in English and Chinese."""

DEMO: dict[str, tuple[str, str]] = {
    # the steps
    "demo step": ("[{number}/{all}] {what}", "[{number}/{all}] {what}"),
    "demo read text": ("reading the documentation on this machine", "读取本机上的文档"),
    "demo prepare text": ("prepare: clean, split, tokenizer, shards", "准备：清洗、划分、分词器、分片"),
    "demo pretrain text": ("pretrain for {budget}: masked words and next sentences", "预训练 {budget}：掩码词与下一句"),
    "demo finetune pretrained": (
        "fine-tune the pretrained encoder on {labels} labelled sentences",
        "用 {labels} 个带标签的句子微调预训练过的编码器",
    ),
    "demo finetune untrained": (
        "fine-tune the untrained encoder on {labels} labelled sentences",
        "用 {labels} 个带标签的句子微调未预训练的编码器",
    ),
    "demo use": ("use it", "使用模型"),
    "demo make table": (
        "data: scikit-learn's table of {rows} breast tumours; {apart:row|rows} are kept apart",
        "数据：scikit-learn 的 {rows} 例乳腺肿瘤表；留出 {apart} 行",
    ),
    "demo make images": (
        "data: scikit-learn's {rows} handwritten digits as pictures of {side} x {side}; {apart} are kept apart",
        "数据：scikit-learn 的 {rows} 个手写数字，存成 {side} x {side} 的图片；留出 {apart} 张",
    ),
    "demo prepare images": ("prepare: read, scale and split the pictures", "准备：读取、缩放并划分图片"),
    "demo pretrain images": ("pretrain for {budget}: missing patches of pictures", "预训练 {budget}：补全图片缺失的图块"),
    "demo train table": ("train a new model on the table, beside simple methods", "在表格上训练新模型，并与简单方法比较"),
    "demo train images": (
        "fine-tune it on the classes, beside logistic regression on pixels",
        "按类别微调，并与基于像素的逻辑回归比较",
    ),
    "demo evaluate": ("evaluate: what errors cost", "评估：错误的代价"),
    "demo evaluate images": ("evaluate the model on the test pictures once more", "在测试图片上再次评估"),
    "demo explain": ("explain the answer to the first row kept apart", "解释对第一行留出数据的回答"),
    "demo compress": ("compress: matrices in int8, behind a quality gate", "压缩：int8 矩阵，需通过质量门槛"),
    "demo export": ("export: one file that ONNX Runtime runs", "导出：可由 ONNX Runtime 运行的单个文件"),
    "demo no export": (
        "left out: pip install 'groundup[export]' brings what writes ONNX; the folder {model} is one that transformers loads",
        "略过：写 ONNX 需要 pip install 'groundup[export]'；文件夹 {model} 可由 transformers 加载",
    ),
    "demo predict": ("predict the rows kept apart", "预测留出的数据"),
    # answers
    "demo fills": ("{text}  ->  {words}", "{text}  ->  {words}"),
    "demo pairs": (
        "next sentences: {right} of {pairs:pair|pairs} kept apart are answered rightly ({accuracy}); in about half of "
        "them the second text follows",
        "下一句：{pairs} 对留出的句子中答对 {right} 对（{accuracy}）；其中约一半确为下一句",
    ),
    "demo pair rule": (
        "the first two of these that follow and the first two that do not, in the order in which they were drawn:",
        "按抽取顺序，其中最先的两对真下一句和两对假下一句：",
    ),
    "demo pair": (
        "{verdict}: '{first}' / '{second}': probability that it follows {probability}, it {truth}",
        "{verdict}：“{first}” / “{second}”：判为下一句的概率 {probability}，实际{truth}",
    ),
    "demo follows": ("does", "是"),
    "demo follows not": ("does not", "不是"),
    "demo right": ("right", "对"),
    "demo wrong": ("wrong", "错"),
    "demo sentence rule": (
        "the first sentence of each of the first {count} test modules, by name:",
        "按名称排序，前 {count} 个测试模块各自的第一句：",
    ),
    "demo answer": (
        "{verdict}: {input}  ->  {label} ({probability}), true: {truth}",
        "{verdict}：{input}  ->  {label}（{probability}），实际：{truth}",
    ),
    "demo row": ("row {number}", "第 {number} 行"),
    "demo kept apart": ("{right} of {all:row|rows} kept apart are answered rightly", "留出的 {all} 行中答对 {right} 行"),
    "demo speaks": ("most telling: {columns}", "最关键的列：{columns}"),
    "demo mean confidence": (
        "mean probability of the answers {confidence}, right {accuracy} of the time",
        "回答的平均概率 {confidence}，正确率 {accuracy}",
    ),
    # the verdict and the page
    "demo from text": ("From text to a verdict", "从文本到结论"),
    "demo from table": ("From a table to a verdict", "从表格到结论"),
    "demo from images": ("From pictures to a verdict", "从图片到结论"),
    "demo pretraining helped": (
        "Pretraining helped: {gain} accuracy against the same encoder untrained.",
        "预训练有帮助：与未预训练的同一编码器相比，准确率 {gain}。",
    ),
    "demo pretraining did not help": (
        "Pretraining did not help: {gain} accuracy against the same encoder untrained.",
        "预训练没有帮助：与未预训练的同一编码器相比，准确率 {gain}。",
    ),
    "demo best": ("Best of all: {name} with {accuracy}.", "最好的是：{name}，准确率 {accuracy}。"),
    "demo system": (
        "{name}  accuracy {accuracy}  (95 % interval {low} to {high})",
        "{name}  准确率 {accuracy}  （95% 区间 {low} 至 {high}）",
    ),
    "demo done": (
        "done in {minutes:minute|minutes}; the whole life on one page: {page}",
        "用时 {minutes} 分钟；完整过程见：{page}",
    ),
    "pretrained encoder": ("pretrained encoder", "预训练过的编码器"),
    "untrained encoder": ("untrained encoder", "未预训练的编码器"),
    "new model": ("new model", "新模型"),
    "pretrained model": ("pretrained model", "预训练过的模型"),
    "demo who wins": ("Who wins", "谁更好"),
    "demo the data": ("The data", "数据"),
    "demo documents": (
        "{documents:document|documents}, {characters:character|characters}.",
        "{documents} 篇文档，{characters} 个字符。",
    ),
    "demo pretraining": ("Pretraining", "预训练"),
    "demo loss": ("Loss of masked words", "掩码词的损失"),
    "demo skills": ("Accuracy on held-out text", "留出文本上的准确率"),
    "demo masked words": ("masked words", "掩码词"),
    "demo next sentence": ("next sentence", "下一句"),
    "demo nats": ("nats", "奈特"),
    "demo answers": ("What the model answers", "模型的回答"),
    "demo what happened": ("What happened", "过程"),
    "train": ("train", "训练集"),
    "test": ("test", "测试集"),
    "demo reports": ("Reports", "报告"),
}
