"""What `groundup size` says. In English and Chinese."""

SIZE: dict[str, tuple[str, str]] = {
    "shape": (
        "shape        {layers:layer|layers}, {width} wide, {heads}, a vocabulary of {words}",
        "结构         {layers} 层，宽 {width}，{heads}，词表 {words}",
    ),
    "heads": ("{count:head|heads}", "{count} 个头"),
    "heads in all": ("{count:head|heads} in all", "共 {count} 个头"),
    "parameters": ("parameters   {count}  ({parts})", "参数         {count}  （{parts}）"),
    "work": ("work         {operations} a training step", "计算量       每步训练 {operations}"),
    "cache": (
        "cache        {bytes} to write {sequences:text|texts} of {length:token|tokens}",
        "缓存         写 {sequences} 篇 {length} 词元的文本需 {bytes}",
    ),
    "memory here": (
        "memory       {use} to use, {train} to train on a batch of {sequences} x {length:token|tokens} (AdamW), so a peak of "
        "about "
        "{peak} for the process",
        "内存         使用需 {use}；以 {sequences} x {length} 词元的批次训练（AdamW）需 {train}，进程峰值约 {peak}",
    ),
    "too large": ("             more than the {bytes} of this machine", "             超过本机的 {bytes}"),
    "time here": (
        "time         {seconds} s a step, estimated: products {products}, attention {attention}, the rest of the functions "
        "{touched}, new memory {fresh}, calls {calls}",
        "时间         每步约 {seconds} 秒（估计）：矩阵乘 {products}，注意力 {attention}，其余函数 {touched}，"
        "新内存 {fresh}，调用 {calls}",
    ),
    "rates": (
        "rates        measured now with {threads:thread|threads}: products {products} GFLOP/s, memory {touched} GB/s, new "
        "memory "
        "{fresh} GB/s, {call} us a call",
        "速率         刚才以 {threads} 个线程测得：矩阵乘 {products} GFLOP/s，内存 {touched} GB/s，新内存 {fresh} GB/s，"
        "每次调用 {call} 微秒",
    ),
    "rates given": (
        "rates        given, not measured: products {products} GFLOP/s; in proportion, memory {touched} GB/s, new memory "
        "{fresh} GB/s, {call} us a call",
        "速率         给定，未测量：矩阵乘 {products} GFLOP/s；按比例，内存 {touched} GB/s，新内存 {fresh} GB/s，"
        "每次调用 {call} 微秒",
    ),
    "cpu-16": ("a desktop of 16 cores with AVX-512, 64 GiB, float32", "16 核 AVX-512 台式机，64 GiB，float32"),
    "a100": ("one A100 SXM, 80 GB, bfloat16", "一块 A100 SXM，80 GB，bfloat16"),
    "h100": ("one H100 SXM, 80 GB, bfloat16", "一块 H100 SXM，80 GB，bfloat16"),
    "8xh100": ("eight H100 SXM, 80 GB each, bfloat16", "八块 H100 SXM，每块 80 GB，bfloat16"),
    "hardware": (
        "hardware     {title}: {peak}/s a device as published, {share} of them assumed used; memory {bandwidth} GB/s",
        "硬件         {title}：每块公布的峰值为 {peak}/s，假定利用 {share}；内存 {bandwidth} GB/s",
    ),
    "memory there": (
        "memory       {state} for weights, gradients and AdamW, {sequence} for each sequence at once; estimated, not measured",
        "内存         权重、梯度与 AdamW 需 {state}，同时处理的每条序列需 {sequence}；为估计，未测量",
    ),
    "devices": (
        "devices      {count} needed for memory; each keeps {once:sequence|sequences} at once beside its share of the state",
        "设备         内存至少需要 {count} 块；每块除状态的份额外可同时容纳 {once} 条序列",
    ),
    "no sequence fits": (
        "devices      not one sequence fits into the memory of a device",
        "设备         单块内存容不下一条序列",
    ),
    "time there": (
        "time         {seconds} s a step; estimated, not measured",
        "时间         每步 {seconds} 秒；为估计，未测量",
    ),
    "run": (
        "run          {steps:step|steps}, {samples:example|examples}: about {time}, {operations}",
        "全程         {steps} 步，{samples} 个样本：约 {time}，{operations}",
    ),
    "passes": ("             {count:pass|passes} over the data", "             遍历数据 {count} 次"),
    "data": (
        "data         {tokens:token|tokens}, {bytes} as a file of token numbers, if none is read twice",
        "数据         {tokens} 个词元；若无重复，词元编号文件为 {bytes}",
    ),
    "estimated": ("             estimated, not measured", "             为估计，未测量"),
    "minutes": ("{count:minute|minutes}", "{count} 分钟"),
    "hours": ("{count:hour|hours}", "{count} 小时"),
    "days": ("{count:day|days}", "{count} 天"),
}
