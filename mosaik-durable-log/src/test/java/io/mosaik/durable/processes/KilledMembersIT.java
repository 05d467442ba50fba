package io.mosaik.durable.processes;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Five processes on durable logs under a writer, for 15 s, or for {@code -Dmosaik.kill.minutes=10}
 * (the profile {@code nightly}), 100 at most. On loopback members take snapshots, between hosts
 * they keep all of the log. Both tests at once, for they mostly wait. {@code -Dmosaik.kill.seed=42}
 * makes other choices.
 */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 2, unit = TimeUnit.HOURS)
class KilledMembersIT {

  private static final int MEMBERS = 5;
  private static final int SNAPSHOT_ENTRIES = 1_000;
  private static final long SEED = Long.getLong("mosaik.kill.seed", 1);

  @TempDir private Path directory = Path.of("set by JUnit");

  private static Duration length() {
    Integer minutes = Integer.getInteger("mosaik.kill.minutes");
    return minutes == null ? Duration.ofSeconds(15) : Duration.ofMinutes(minutes);
  }

  @Test
  void what_was_acknowledged_survives_kills_of_members_and_of_all_at_once() throws Exception {
    try (Hosts hosts = Hosts.loopback(MEMBERS);
        var cluster = new Cluster(hosts, directory, MEMBERS, SNAPSHOT_ENTRIES)) {
      new Ordeal(cluster, SEED).run(length());
    }
  }

  @Test
  void what_was_acknowledged_survives_kills_and_cuts_between_hosts() throws Exception {
    NamespaceHosts hosts = NamespaceHosts.make(MEMBERS);
    assumeTrue(hosts != null, "this machine allows no network namespaces: it takes root and ip");
    try (hosts;
        var cluster = new Cluster(hosts, directory, MEMBERS, 0)) {
      new Ordeal(cluster, SEED + 1).run(length());
    }
  }
}
