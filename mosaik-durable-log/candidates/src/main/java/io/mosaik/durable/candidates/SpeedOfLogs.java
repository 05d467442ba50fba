package io.mosaik.durable.candidates;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Appends 100,000 entries of 200 bytes to each candidate, made durable per 100, in turn and several
 * times over, and prints the medians and their ratio to the first.
 *
 * <p>{@code java ... SpeedOfLogs [rounds] [directory]}
 */
public final class SpeedOfLogs {

  private static final int ENTRIES = 100_000;
  private static final int ENTRY_BYTES = 200;
  private static final int PER_SYNC = 100;

  private SpeedOfLogs() {}

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 7;
    Path parent = args.length > 1 ? Path.of(args[1]) : Path.of("target");
    Files.createDirectories(parent);
    Map<String, List<Long>> nanos = new LinkedHashMap<>();
    Map<String, List<Long>> bytes = new LinkedHashMap<>();
    for (int round = -1; round < rounds; round++) { // the first is to warm up
      for (var candidate : Candidates.all().entrySet()) {
        Path directory = Files.createTempDirectory(parent, "log");
        long took = run(candidate.getValue(), directory);
        if (round >= 0) {
          nanos.computeIfAbsent(candidate.getKey(), any -> new ArrayList<>()).add(took);
          bytes.computeIfAbsent(candidate.getKey(), any -> new ArrayList<>()).add(size(directory));
        }
        delete(directory);
      }
    }
    double base = 0;
    System.out.printf("%-28s %9s %9s %9s %7s %7s%n", "", "median s", "min s", "max s", "ratio", "MB");
    for (var each : nanos.entrySet()) {
      long[] sorted = each.getValue().stream().mapToLong(Long::longValue).sorted().toArray();
      double median = sorted[sorted.length / 2] / 1e9;
      base = base == 0 ? median : base;
      System.out.printf(
          "%-28s %9.3f %9.3f %9.3f %7.2f %7.1f%n",
          each.getKey(),
          median,
          sorted[0] / 1e9,
          sorted[sorted.length - 1] / 1e9,
          median / base,
          bytes.get(each.getKey()).getLast() / 1e6);
    }
  }

  private static long run(Candidates.Maker maker, Path directory) throws Exception {
    byte[][] entries = new byte[PER_SYNC][ENTRY_BYTES];
    var random = new Random(1);
    Arrays.stream(entries).forEach(random::nextBytes);
    System.gc();
    try (Store store = maker.open(directory)) {
      long start = System.nanoTime();
      for (int i = 0; i < ENTRIES; i++) {
        store.append(i + 1, entries[i % PER_SYNC]);
        if ((i + 1) % PER_SYNC == 0) {
          store.sync();
        }
      }
      return System.nanoTime() - start;
    }
  }

  private static long size(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  static void copy(Path from, Path to) throws IOException {
    List<Path> files;
    try (var all = Files.walk(from)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      Path target = to.resolve(from.relativize(file).toString());
      Files.createDirectories(target.getParent());
      Files.copy(file, target);
    }
  }

  static void delete(Path directory) throws IOException {
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path each, IOException failure)
              throws IOException {
            Files.delete(each);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
