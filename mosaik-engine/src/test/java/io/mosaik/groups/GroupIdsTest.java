package io.mosaik.groups;

import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.groups.config.QuorumPolicy;
import io.mosaik.id.Digest;
import io.mosaik.id.GroupId;
import io.mosaik.tickets.TicketRequirement;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class GroupIdsTest {

  private static final GroupKey KEY = GroupKey.of("the key");

  private static byte[] concat(byte[] a, byte[] b) {
    var both = new byte[a.length + b.length];
    System.arraycopy(a, 0, both, 0, a.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  @Test
  void the_id_is_the_chain_of_digests_that_the_protocol_document_names() {
    Digest id = Digest.hash(KEY.toBytes());
    id = Digest.hash(concat(id.toBytes(), ConsensusConfig.DEFAULT.digest().toBytes()));
    id = Digest.hash(concat(id.toBytes(), "journal.1".getBytes(StandardCharsets.UTF_8)));
    byte[] sync = "mosaik.sync.log-replay.1".getBytes(StandardCharsets.UTF_8);
    id = Digest.hash(concat(id.toBytes(), sync));
    assertThat(idOf(KEY, ConsensusConfig.DEFAULT, new Journal())).isEqualTo(new GroupId(id));
  }

  @Test
  void members_that_differ_in_key_settings_or_machine_have_different_ids() {
    GroupId id = idOf(KEY, ConsensusConfig.DEFAULT, new Journal());
    assertThat(idOf(GroupKey.of("another"), ConsensusConfig.DEFAULT, new Journal()))
        .isNotEqualTo(id);
    assertThat(idOf(KEY, ConsensusConfig.builder().maxCommitteeSize(7).build(), new Journal()))
        .isNotEqualTo(id);
    var bonded = ConsensusConfig.builder().quorumPolicy(QuorumPolicy.BONDED).build();
    assertThat(idOf(KEY, bonded, new Journal())).isNotEqualTo(id);
    assertThat(idOf(KEY, ConsensusConfig.DEFAULT, new NoOp())).isNotEqualTo(id);
  }

  @Test
  void members_that_bring_each_other_up_to_date_in_different_ways_have_different_ids() {
    GroupId replayed = idOf(KEY, ConsensusConfig.DEFAULT, new Journal());
    GroupId copied = idOf(KEY, ConsensusConfig.DEFAULT, journalCutEvery(100));
    assertThat(copied).isNotEqualTo(replayed);
    // The leader's policy decides for all, so it may differ.
    assertThat(idOf(KEY, ConsensusConfig.DEFAULT, journalCutEvery(200))).isEqualTo(copied);
  }

  private static Journal journalCutEvery(long entries) {
    return new Journal().withSnapshots(new StateSync.SnapshotPolicy(entries, 1 << 20, 10));
  }

  @Test
  void what_each_member_chooses_for_itself_is_not_part_of_the_id() {
    try (var groups = new GroupWorld(1).members("n1")) {
      groups.settings(b -> b.observer().deprioritizeLeadership()).members("n2");
      assertThat(groups.group("n1").id()).isEqualTo(groups.group("n2").id());
    }
  }

  private static GroupId idOf(
      GroupKey key, ConsensusConfig config, StateMachine<?, ?, ?, ?> machine) {
    return GroupIds.of(key, config, machine, TicketRequirement.NONE);
  }
}
