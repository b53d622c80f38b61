"""Reads expositions with prometheus_client, one JSON line in, one out, until the input ends.

In: {"body": text}. Out: {"error": text} or {"samples": [[type, family, name, labels, value, time,
exemplar]]}; numbers as text, times in seconds or null, an exemplar as [labels, value, time].
"""
import json
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families


def number(value):
    return None if value is None else repr(float(value))


def exemplar(given):
    return given and [given.labels, number(given.value), number(given.timestamp)]


def native(sample):
    return sample.native_histogram is not None


def read(body):
    samples = []
    for family in text_string_to_metric_families(body):
        for sample in family.samples:
            if native(sample):
                raise NotImplementedError("native histogram")
            samples.append([family.type, family.name, sample.name, sample.labels, number(sample.value),
                            number(sample.timestamp), exemplar(sample.exemplar)])
    return samples


for line in sys.stdin:
    try:
        answer = {"samples": read(json.loads(line)["body"])}
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
