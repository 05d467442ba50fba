package io.mosaik.durable.processes;

import io.mosaik.Network;
import io.mosaik.durable.DurableLogStorage;
import io.mosaik.groups.Group;
import io.mosaik.groups.Group.Consistency;
import io.mosaik.groups.GroupException;
import io.mosaik.groups.GroupKey;
import io.mosaik.groups.GroupOutage;
import io.mosaik.groups.GroupStatus;
import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.id.NetworkId;
import io.mosaik.id.SecretKey;
import io.mosaik.transport.Address;
import io.mosaik.transport.PeerAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A member in a process of its own. It is told what to do on its input, a line each, and ends with
 * it: {@code write N}, {@code status}, {@code dump FILE}, {@code outage}, {@code recover NAME…}. It
 * answers on its output: {@code @ok N}, {@code @no N OUTCOME}, {@code @status ONLINE COMMITTED
 * APPLIED}, {@code @dumped}, {@code @outage GONE MISSING NEEDS_OPERATOR} or {@code @outage none},
 * {@code @recovering}, and unasked {@code @restored} when it has started from a snapshot.
 */
final class MemberMain {

  private final Group<Long, Integer, Boolean, List<Long>> group;

  private MemberMain(Group<Long, Integer, Boolean, List<Long>> group) {
    this.group = group;
  }

  /**
   * With the directory of its log, its name, how many commands there are between snapshots, its
   * address, and those of the others.
   */
  public static void main(String[] args) throws IOException {
    PeerAddress[] others =
        Arrays.stream(args, 4, args.length).map(PeerAddress::parse).toArray(PeerAddress[]::new);
    Network node =
        Network.builder(NetworkId.of("processes"))
            .secretKey(SecretKey.of(args[1]))
            .bind(Address.parse(args[3]))
            .bootstrap(others)
            .start();
    try (node) {
      var group =
          node.groups()
              .withKey(GroupKey.of("ledger"))
              .stateMachine(new Ledger(Integer.parseInt(args[2]), () -> say("restored")))
              .consensus(quick(others.length + 1))
              .storage(DurableLogStorage.at(Path.of(args[0])))
              .join();
      new MemberMain(group).listen();
    }
  }

  /** Leaders are replaced within a second or two, so that there is more than elections. */
  private static ConsensusConfig quick(int members) {
    return ConsensusConfig.builder()
        .heartbeatInterval(Duration.ofMillis(200))
        .heartbeatJitter(Duration.ofMillis(50))
        .electionTimeout(Duration.ofMillis(1_200))
        .electionTimeoutJitter(Duration.ofMillis(600))
        .bootstrapDelay(Duration.ofMillis(500))
        .bootstrapExpect(members)
        .build();
  }

  private void listen() throws IOException {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ", -1);
      switch (words[0]) {
        case "write" -> write(Long.parseLong(words[1]));
        case "status" -> {
          GroupStatus status = group.status().get();
          say("status " + status.online() + " " + status.committed() + " " + status.applied());
        }
        case "dump" -> dump(Path.of(words[1]));
        case "outage" -> {
          GroupOutage outage = group.status().get().outage();
          say(
              outage == null
                  ? "outage none"
                  : "outage %d %d %b"
                      .formatted(
                          outage.gone().size(), outage.missing().size(), outage.needsOperator()));
        }
        case "recover" -> {
          group.recover(
              Arrays.stream(words, 1, words.length)
                  .map(name -> SecretKey.of(name).peerId())
                  .collect(Collectors.toSet()));
          say("recovering");
        }
        default -> throw new IllegalArgumentException(line);
      }
    }
  }

  private void write(long number) {
    var unused =
        group
            .executeAsync(number)
            .whenComplete((done, failure) ->
                say(failure == null ? "ok " + number : "no " + number + " " + outcome(failure)));
  }

  private static String outcome(Throwable failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    return failure instanceof GroupException e
        ? e.outcome().name()
        : cause instanceof GroupException e ? e.outcome().name() : failure.toString();
  }

  private void dump(Path file) throws IOException {
    List<Long> numbers = group.query(true, Consistency.STRONG).answer();
    Files.write(file, numbers.stream().map(String::valueOf).toList());
    say("dumped");
  }

  /** One write, so that lines of several threads don't mix. */
  private static void say(String line) {
    System.out.print("@" + line + "\n");
    System.out.flush();
  }
}
