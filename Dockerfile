# groundup on the processor, without a compiler: docker build -t groundup . && docker run --rm -v "$PWD:/work" groundup demo
FROM python:3.11-slim

# Only what the installation reads, so that a change of tests or pages does not install everything again.
WORKDIR /opt/groundup
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY src ./src
RUN pip install --no-cache-dir --constraint constraints.txt --index-url https://download.pytorch.org/whl/cpu torch \
    && pip install --no-cache-dir --constraint constraints.txt '.[all]'

# A user without rights beyond the mounted folder.
RUN useradd --create-home --uid 1000 groundup
USER 1000
WORKDIR /work
ENTRYPOINT ["groundup"]
CMD ["--help"]
