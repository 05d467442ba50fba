package io.mosaik.durable.processes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Members in processes of their own, each with a directory of its own. */
final class Cluster implements MemberProcess.Listener, AutoCloseable {

  private final Hosts hosts;
  private final Path directory;
  private final int size;
  private final int snapshotEntries;
  private final AtomicReferenceArray<@Nullable MemberProcess> members;
  private final ConcurrentLinkedQueue<Long> acknowledged = new ConcurrentLinkedQueue<>();

  private final AtomicInteger restored = new AtomicInteger();
  private final AtomicReferenceArray<@Nullable String> statuses;

  /**
   * Of members that are yet to be started.
   *
   * @param snapshotEntries how many commands there are between snapshots; 0 for none
   */
  Cluster(Hosts hosts, Path directory, int size, int snapshotEntries) {
    this.hosts = hosts;
    this.directory = directory;
    this.size = size;
    this.snapshotEntries = snapshotEntries;
    statuses = new AtomicReferenceArray<>(size);
    members = new AtomicReferenceArray<>(size);
  }

  int size() {
    return size;
  }

  Hosts hosts() {
    return hosts;
  }

  /** What members have acknowledged, written down where no member can forget it. */
  ConcurrentLinkedQueue<Long> acknowledged() {
    return acknowledged;
  }

  @Override
  public void acknowledged(long number) {
    acknowledged.add(number);
  }

  @Override
  public void restored() {
    restored.incrementAndGet();
  }

  boolean takesSnapshots() {
    return snapshotEntries > 0;
  }

  /** How often a member has started from a snapshot, its own or another's. */
  int restoredCount() {
    return restored.get();
  }

  /** The process of a member; null while it has none. */
  @Nullable MemberProcess member(int index) {
    return members.get(index);
  }

  void start(int index) throws IOException {
    var arguments = new ArrayList<String>();
    arguments.add(directory.resolve("member-" + index).toString());
    arguments.add("member-" + index);
    arguments.add(String.valueOf(snapshotEntries));
    arguments.add(hosts.address(index));
    for (int other = 0; other < size; other++) {
      if (other != index) {
        arguments.add(hosts.address(other));
      }
    }
    Path errors = directory.resolve("errors-" + index + ".txt");
    members.set(index, MemberProcess.start(hosts.prefix(index), errors, arguments, this));
  }

  void kill(int index) {
    MemberProcess member = members.getAndSet(index, null);
    if (member != null) {
      member.kill();
    }
  }

  /** Kills members at once, and takes their directories away for good. */
  void lose(List<Integer> indices) throws IOException {
    indices.forEach(this::kill);
    for (int index : indices) {
      Path lost = directory.resolve("member-" + index);
      try (Stream<Path> files = Files.walk(lost)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /** An operator says to a member that the logs of others are lost. */
  void recover(int index, List<Integer> lost) throws InterruptedException {
    String names = lost.stream().map(other -> " member-" + other).collect(Collectors.joining());
    String answer = ask(index, "recover" + names);
    if (!"recovering".equals(answer)) {
      throw new IllegalStateException("member " + index + " said " + answer);
    }
  }

  /** What a member says; null if it has no process, or doesn't answer. */
  @Nullable String ask(int index, String question) throws InterruptedException {
    MemberProcess member = members.get(index);
    return member == null ? null : member.ask(question, 5);
  }

  /** Whether every member says that it is online and has applied as much as the others. */
  boolean isAtRest() throws InterruptedException {
    var said = new ArrayList<String>();
    for (int i = 0; i < size; i++) {
      MemberProcess member = members.get(i);
      String status = member == null ? null : member.ask("status", 5);
      statuses.set(i, status);
      if (status == null || !status.startsWith("status true ")) {
        return false;
      }
      said.add(status);
    }
    return said.stream().distinct().count() == 1;
  }

  /** What a member's machine has, by a strong read; null if it couldn't tell. */
  @Nullable List<Long> ledger(int index) throws IOException, InterruptedException {
    Path file = directory.resolve("ledger-" + index + ".txt");
    MemberProcess member = members.get(index);
    if (member == null || !"dumped".equals(member.ask("dump " + file, 30))) {
      return null;
    }
    return Files.readAllLines(file).stream().map(Long::valueOf).toList();
  }

  /** What members have said on their error streams. */
  String errors() throws IOException {
    var text = new StringBuilder();
    for (int i = 0; i < size; i++) {
      Path file = directory.resolve("errors-" + i + ".txt");
      if (Files.exists(file)) {
        text.append("member ").append(i).append(", which said ").append(statuses.get(i));
        text.append(" last:\n").append(Files.readString(file));
      }
    }
    return text.toString();
  }

  @Override
  public void close() {
    for (int i = 0; i < size; i++) {
      kill(i);
    }
  }
}
