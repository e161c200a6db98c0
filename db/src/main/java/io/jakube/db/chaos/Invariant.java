package io.jakube.db.chaos;

/** What must hold over the recorded histories. The names of the watch's invariants are those of etcd's robustness tests. */
public enum Invariant {
    CONTIGUOUS("revisions have no gaps, and only a transaction's writes share one"),
    CHAINED("each entry of the log continues its key: replaced revision, creation and version"),
    DURABLE("every acknowledged write is in the log where it was acknowledged"),
    ONCE("nothing is applied twice, nothing that was refused is applied, a transaction is applied whole"),
    EXACT("a compare-and-swap replaced the revision it expected"),
    LINEARIZABLE("an operation that began after another ended comes after it; reads and conflicts tell the state of such an instant"),
    ORDERED("a watch's events come in the order of revisions"),
    UNIQUE("no watch gets an event twice"),
    ATOMIC("events of one revision come together"),
    RELIABLE("a watch gets every event of its range up to where it has come, and nothing else"),
    RESUMABLE("a watch that starts at a revision gets everything from there"),
    BOOKMARKABLE("after progress to a revision nothing up to it follows"),
    FAITHFUL("what a watch delivers is what the log holds");

    private final String meaning;

    Invariant(String meaning) {
        this.meaning = meaning;
    }

    public String meaning() {
        return meaning;
    }
}
