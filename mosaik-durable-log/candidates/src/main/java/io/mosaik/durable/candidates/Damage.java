package io.mosaik.durable.candidates;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * What each candidate makes of one flipped bit: 10,000 entries are made durable per 100, the files
 * are copied as a killed process leaves them, one bit of those that hold entries is flipped, and
 * the copy is opened and read to its end. {@code SILENT} means that it opened and read without an
 * error, and that entries that had been made durable were missing or wrong.
 *
 * <p>{@code java ... Damage [flips] [directory]}
 */
public final class Damage {

  private static final int ENTRIES = 10_000;
  private static final int ENTRY_BYTES = 200;
  private static final int PER_SYNC = 100;

  private enum Outcome {
    ERROR,
    INTACT,
    SILENT
  }

  private Damage() {}

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    int flips = args.length > 0 ? Integer.parseInt(args[0]) : 50;
    Path parent = Path.of(args.length > 1 ? args[1] : "target");
    Files.createDirectories(parent);
    System.out.printf("%-28s %7s %7s %7s%n", "", "error", "intact", "SILENT");
    for (var candidate : Candidates.all().entrySet()) {
      if (!candidate.getKey().startsWith("segment file")) {
        Map<Outcome, Integer> counts = probe(candidate.getValue(), parent, flips);
        System.out.printf(
            "%-28s %7d %7d %7d%n",
            candidate.getKey(),
            counts.getOrDefault(Outcome.ERROR, 0),
            counts.getOrDefault(Outcome.INTACT, 0),
            counts.getOrDefault(Outcome.SILENT, 0));
      }
    }
    System.exit(0); // some of them leave threads behind when they could not be opened
  }

  private static Map<Outcome, Integer> probe(Candidates.Maker maker, Path parent, int flips)
      throws Exception {
    var random = new Random(7);
    byte[][] entries = new byte[ENTRIES][ENTRY_BYTES];
    Arrays.stream(entries).forEach(random::nextBytes);
    Path original = Files.createTempDirectory(parent, "original");
    Path killed = Files.createTempDirectory(parent, "killed");
    try (Store store = maker.open(original)) {
      for (int i = 0; i < ENTRIES; i++) {
        store.append(i + 1, entries[i]);
        if ((i + 1) % PER_SYNC == 0) {
          store.sync();
        }
      }
      SpeedOfLogs.copy(original, killed);
    }
    var counts = new EnumMap<Outcome, Integer>(Outcome.class);
    for (int i = 0; i < flips; i++) {
      Path damaged = Files.createTempDirectory(parent, "damaged");
      SpeedOfLogs.copy(killed, damaged);
      flip(damaged, entries, random);
      counts.merge(outcome(maker, damaged, entries), 1, Integer::sum);
      SpeedOfLogs.delete(damaged);
    }
    SpeedOfLogs.delete(original);
    SpeedOfLogs.delete(killed);
    return counts;
  }

  /** In the part that has entries: preallocated zeros would not be missed. */
  private static void flip(Path directory, byte[][] entries, Random random) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(directory)) {
      files =
          all.filter(Files::isRegularFile)
              .filter(file -> file.toFile().length() > ENTRIES * ENTRY_BYTES / 2)
              .sorted()
              .toList();
    }
    Path file = files.getFirst();
    int used = (int) Math.min(file.toFile().length(), (long) ENTRIES * ENTRY_BYTES);
    try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
      int at = random.nextInt(used);
      bytes.seek(at);
      int old = bytes.read();
      bytes.seek(at);
      bytes.write(old ^ 1 << random.nextInt(8));
    }
  }

  private static Outcome outcome(Candidates.Maker maker, Path directory, byte[][] entries) {
    try (Store store = maker.open(directory)) {
      List<byte[]> found = store.readAll();
      boolean intact = found.size() == entries.length;
      for (int i = 0; intact && i < entries.length; i++) {
        intact = Arrays.equals(found.get(i), entries[i]);
      }
      return intact ? Outcome.INTACT : Outcome.SILENT;
    } catch (Exception | Error e) {
      return Outcome.ERROR;
    }
  }
}
