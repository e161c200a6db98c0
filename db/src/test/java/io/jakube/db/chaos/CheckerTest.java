package io.jakube.db.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checker finds what it is there to find: each test breaks one thing in a history that is otherwise sound. */
class CheckerTest {
    @TempDir
    Path directory;

    private History history;

    @BeforeEach
    void startHistory() {
        history = new History();
        history.add(new History.Row(1, 1, "", 1, 0, 1, true, ""));
        history.add(new History.Row(2, 1, "k", 2, 0, 1, false, "a"));
        history.add(new History.Row(3, 1, "k", 2, 2, 2, false, "b"));
        history.add(new History.Row(4, 1, "k", 2, 3, 3, true, ""));
    }

    private static final List<String> SOUND = List.of(
            "i\ta\t10\tput\tk\t0", "r\ta\t20\tok\t2",
            "i\tb\t30\tput\tk\t2", "r\tb\t40\tok\t3",
            "i\tc\t41\tread\tk\tk!", "r\tc\t42\tread\t3\tk@3=b",
            "i\td\t43\tput\tk\t0", "r\td\t44\tconflict\t3",
            "i\te\t50\tdelete\tk\t3", "r\te\t60\tok\t4",
            "s\tw\t2\ta\tz", "w\tw\t61\t3\tk@2/0=a k@3/2=b", "w\tw\t62\t4\tk@4/3=-");

    private Set<Invariant> violated(List<String> lines) throws IOException {
        Path file = directory.resolve("journal");
        Files.write(file, lines);
        history.addJournal(file);
        return new Checker(history, 0).check().keySet();
    }

    /** The sound history with one line changed. */
    private Set<Invariant> violated(String line, String instead) throws IOException {
        assertThat(SOUND).contains(line);
        return violated(SOUND.stream().map(other -> other.equals(line) ? instead : other).toList());
    }

    @Test
    void aSoundHistoryHasNoViolation() throws IOException {
        assertThat(violated(SOUND)).isEmpty();
    }

    @Test
    void gapsInRevisions() throws IOException {
        history.add(new History.Row(6, 1, "l", 6, 0, 1, false, "f"));
        assertThat(violated(SOUND)).contains(Invariant.CONTIGUOUS);
    }

    @Test
    void acknowledgedButMissing() throws IOException {
        assertThat(violated("r\tb\t40\tok\t3", "r\tb\t40\tok\t7")).contains(Invariant.DURABLE);
    }

    @Test
    void refusedButApplied() throws IOException {
        assertThat(violated("r\tb\t40\tok\t3", "r\tb\t40\tfailed")).contains(Invariant.ONCE);
    }

    @Test
    void anotherRevisionReplaced() throws IOException {
        assertThat(violated("i\tb\t30\tput\tk\t2", "i\tb\t30\tput\tk\t1")).containsExactly(Invariant.EXACT);
    }

    @Test
    void aStaleRead() throws IOException {
        assertThat(violated("r\tc\t42\tread\t3\tk@3=b", "r\tc\t42\tread\t2\tk@2=a")).containsExactly(Invariant.LINEARIZABLE);
    }

    @Test
    void aReadOfSomethingElse() throws IOException {
        assertThat(violated("r\tc\t42\tread\t3\tk@3=b", "r\tc\t42\tread\t3\tk@2=a")).containsExactly(Invariant.LINEARIZABLE);
    }

    @Test
    void aConflictWithThePast() throws IOException {
        assertThat(violated("r\td\t44\tconflict\t3", "r\td\t44\tconflict\t2")).containsExactly(Invariant.LINEARIZABLE);
    }

    @Test
    void eventsOutOfOrder() throws IOException {
        assertThat(violated("w\tw\t61\t3\tk@2/0=a k@3/2=b", "w\tw\t61\t3\tk@3/2=b k@2/0=a")).contains(Invariant.ORDERED);
    }

    @Test
    void anEventTwice() throws IOException {
        assertThat(violated("w\tw\t62\t4\tk@4/3=-", "w\tw\t62\t4\tk@3/2=b k@4/3=-")).contains(Invariant.UNIQUE);
    }

    @Test
    void aMissingEvent() throws IOException {
        assertThat(violated("w\tw\t62\t4\tk@4/3=-", "w\tw\t62\t4\t")).containsExactly(Invariant.RELIABLE);
    }

    @Test
    void aMissingEventAtTheStart() throws IOException {
        assertThat(violated("w\tw\t61\t3\tk@2/0=a k@3/2=b", "w\tw\t61\t3\tk@3/2=b")).containsExactly(Invariant.RESUMABLE);
    }

    @Test
    void anEventAfterProgressBeyondIt() throws IOException {
        assertThat(violated("w\tw\t62\t4\tk@4/3=-", "w\tw\t62\t3\tk@3/2=b")).contains(Invariant.BOOKMARKABLE);
    }

    @Test
    void anEventThatIsNotTheLogs() throws IOException {
        assertThat(violated("w\tw\t62\t4\tk@4/3=-", "w\tw\t62\t4\tk@4/3=x")).contains(Invariant.FAITHFUL);
    }

    @Test
    void aTornTransaction() throws IOException {
        history.add(new History.Row(5, 1, "x", 5, 0, 1, false, "t"));
        history.add(new History.Row(5, 2, "y", 5, 0, 1, false, "t"));
        List<String> lines = new java.util.ArrayList<>(SOUND);
        lines.addAll(List.of("i\tt\t70\ttransaction\tx\t0\ty", "r\tt\t80\tok\t5", "w\tw\t81\t5\tx@5/0=t"));
        assertThat(violated(lines)).containsExactly(Invariant.ATOMIC);
    }
}
