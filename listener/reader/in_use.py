"""Which weights the second reader uses: the brand's own where some were adopted, else the shipped ones."""

from sqlalchemy import Connection

from listener.reader.score import Weights, shipped_digest
from listener.store import reader_weights
from listener.store.operation_records import LearnedWeights
from listener.triage.signals import SignalExtractor


def as_weights(learned: LearnedWeights | None) -> Weights | None:
    """Return stored weights as what the second reader takes: changes to the shipped ones."""
    if learned is None:
        return None
    praise, complaint = learned.bias
    return Weights((praise, complaint), {name: (pair[0], pair[1]) for name, pair in learned.features.items()})


def read_weights(connection: Connection, weights_id: int) -> Weights | None:
    """Read learned weights; None where they are not kept any more, or fit the shipped ones of another version."""
    return as_weights(reader_weights.read(connection, weights_id, shipped_digest()))


def read_current(connection: Connection) -> Weights | None:
    """Read the learned weights in use; None where the shipped ones are."""
    return as_weights(reader_weights.read_current(connection, shipped_digest()))


class ReaderInUse:
    """A policy's extractor, reading by the weights in use. weights_id: theirs; None: the shipped ones."""

    def __init__(self, extractor: SignalExtractor) -> None:
        self._shipped = self.extractor = extractor
        self._key: tuple[int, int] | None = None
        self.weights_id: int | None = None

    def refresh(self, connection: Connection) -> None:
        """Read the weights anew where others are in use now, or a forgotten person's words were taken out."""
        key = reader_weights.find_current(connection, shipped_digest()) if self._shipped.has_reader else None
        if key == self._key:
            return
        changes = None if key is None else read_weights(connection, key[0])
        self.extractor = self._shipped if changes is None else self._shipped.reading_by(changes)
        self._key, self.weights_id = key, None if key is None else key[0]
