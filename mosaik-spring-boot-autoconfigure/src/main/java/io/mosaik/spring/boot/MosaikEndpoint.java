package io.mosaik.spring.boot;

import io.mosaik.Network;
import io.mosaik.discovery.PeerEntry;
import io.mosaik.groups.BondInfo;
import io.mosaik.groups.Group;
import io.mosaik.groups.GroupStatus;
import io.mosaik.groups.Leadership;
import io.mosaik.groups.MachineStatus;
import io.mosaik.groups.SyncStatus;
import io.mosaik.id.PeerId;
import io.mosaik.id.Tag;
import io.mosaik.streams.FoldInfo;
import io.mosaik.streams.Refusal;
import io.mosaik.streams.ShareGroupInfo;
import io.mosaik.streams.StreamStats;
import io.mosaik.streams.SubscriptionInfo;
import io.mosaik.streams.Unwanted;
import io.mosaik.streams.ViewInfo;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/** What the node sees: {@code /actuator/mosaik}. Shows no secret. */
@Endpoint(id = "mosaik")
public final class MosaikEndpoint {

  private final Network network;
  private final GroupNames names;

  MosaikEndpoint(Network network, GroupNames names) {
    this.network = network;
    this.names = names;
  }

  /** The whole of it. */
  @ReadOperation
  public Report report() {
    return new Report(
        network.id().toString(),
        network.peerId().toString(),
        network.address().toString(),
        network.discovery().catalog().get().peers().stream().map(this::peer).toList(),
        network.streams().producers().stream()
            .map(producer ->
                new Stream(
                    producer.name(),
                    producer.online().get(),
                    producer.consumers(),
                    producer.stats(),
                    producer.refusals(),
                    Map.of(),
                    producer.shareGroups(),
                    producer.folds()))
            .toList(),
        network.streams().consumers().stream()
            .map(consumer ->
                new Stream(
                    consumer.name(),
                    consumer.online().get(),
                    consumer.producers(),
                    consumer.stats(),
                    consumer.refusals(),
                    consumer.unwanted(),
                    List.of(),
                    List.of()))
            .toList(),
        network.streams().views().stream()
            .map(view -> new ViewReport(view.name(), view.foldName(), view.info()))
            .toList(),
        network.streams().refusals(),
        network.groups().joined().stream().map(this::group).toList());
  }

  private Peer peer(PeerEntry entry) {
    Duration rtt = network.discovery().rtt(entry.peerId());
    return new Peer(
        entry.peerId().toString(),
        entry.addresses().stream().map(Object::toString).toList(),
        entry.tags().stream().map(Tag::toString).toList(),
        entry.streams().size(),
        entry.groups().size(),
        entry.version().startMs(),
        entry.version().updateMs(),
        micros(rtt));
  }

  private static @Nullable Long micros(@Nullable Duration time) {
    return time == null ? null : time.toNanos() / 1_000;
  }

  private GroupReport group(Group<?, ?, ?, ?> group) {
    GroupStatus status = group.status().get();
    PeerId leader = status.leader();
    MachineStatus machine = group.machine();
    Leadership leadership = group.leadership().get();
    return new GroupReport(
        names.of(group),
        group.id().toString(),
        status.role().name(),
        status.term(),
        leader == null ? null : leader.toString(),
        leadership.isHeld() ? leadership.token() : null,
        status.online(),
        status.committee().stream().map(PeerId::toString).toList(),
        group.bonds().stream().map(MosaikEndpoint::bond).toList(),
        status.committed(),
        status.applied(),
        group.pending().commands(),
        group.pending().bytes(),
        new MachineReport(
            machine.busyFor().toMillis(),
            machine.busyWith(),
            machine.waiting(),
            machine.rejected()),
        sync(status.sync()),
        status.failure());
  }

  private static BondReport bond(BondInfo bond) {
    return new BondReport(
        bond.peer().toString(),
        bond.role().name(),
        bond.observer(),
        bond.age().toMillis(),
        bond.silence().toMillis(),
        micros(bond.rtt()),
        bond.messagesSent(),
        bond.bytesSent(),
        bond.messagesReceived(),
        bond.bytesReceived());
  }

  private static SyncReport sync(SyncStatus sync) {
    return new SyncReport(
        sync.heldEntries(),
        sync.heldBytes(),
        sync.snapshotIndex(),
        sync.fetchedBytes(),
        sync.fetchBytes(),
        sync.diverged());
  }

  /**
   * The node's view.
   *
   * @param network the network's id
   * @param peerId this node's id
   * @param address where others reach it
   * @param peers the catalog
   * @param producers of this node
   * @param consumers of this node, those of its views among them
   * @param views of this node
   * @param refusals how often subscriptions were refused before they came to a producer, by reason
   * @param groups that it is a member of
   */
  public record Report(
      String network,
      String peerId,
      String address,
      List<Peer> peers,
      List<Stream> producers,
      List<Stream> consumers,
      List<ViewReport> views,
      Map<Refusal, Long> refusals,
      List<GroupReport> groups) {}

  /**
   * A peer of the catalog.
   *
   * @param peerId who
   * @param addresses where
   * @param tags their ids
   * @param streams how many it produces
   * @param groups how many it is in
   * @param startMs when it started, in ms since 1970, by its own clock
   * @param updateMs when it last changed its entry, likewise
   * @param rttMicros the smoothed round-trip time, or null while unknown
   */
  public record Peer(
      String peerId,
      List<String> addresses,
      List<String> tags,
      int streams,
      int groups,
      long startMs,
      long updateMs,
      @Nullable Long rttMicros) {}

  /**
   * A producer or consumer of this node.
   *
   * @param name of its stream
   * @param online whether its online condition holds
   * @param subscriptions each with its state
   * @param stats its totals
   * @param refusals how often subscriptions were refused, by reason
   * @param unwanted how many producers a consumer leaves alone, by reason; empty for a producer
   * @param shareGroups those who share a producer's datums; empty for a consumer
   * @param folds whose states a producer keeps; empty for a consumer
   */
  public record Stream(
      String name,
      boolean online,
      List<SubscriptionInfo> subscriptions,
      StreamStats stats,
      Map<Refusal, Long> refusals,
      Map<Unwanted, Integer> unwanted,
      List<ShareGroupInfo> shareGroups,
      List<FoldInfo> folds) {}

  /**
   * A view of this node.
   *
   * @param name of its stream
   * @param fold its name
   * @param info what it holds and has done
   */
  public record ViewReport(String name, String fold, ViewInfo info) {}

  /**
   * A group of this node.
   *
   * @param name that the application gave it; the short form of the id if none
   * @param id of the group
   * @param role of this node
   * @param term the present one
   * @param leader its id, or null while unknown
   * @param leadership the fencing token while this node is sure to lead alone, else null
   * @param online whether this node leads or follows in step
   * @param committee the voters
   * @param bonds the members that this node is connected to
   * @param committed log position
   * @param applied log position
   * @param pendingCommands of this node that are on their way
   * @param pendingBytes of those commands
   * @param machine what it is doing
   * @param sync what is held of the log, and what is being fetched
   * @param failure why this member has stopped by itself, or null
   */
  public record GroupReport(
      String name,
      String id,
      String role,
      long term,
      @Nullable String leader,
      @Nullable Long leadership,
      boolean online,
      List<String> committee,
      List<BondReport> bonds,
      long committed,
      long applied,
      int pendingCommands,
      long pendingBytes,
      MachineReport machine,
      SyncReport sync,
      @Nullable String failure) {}

  /**
   * A connection with another member.
   *
   * @param peer who
   * @param role {@code LEADER}, {@code FOLLOWER} for a voter, {@code LEARNER} for anyone else
   * @param observer whether it has chosen never to vote
   * @param ageMillis how long there has been this bond
   * @param silenceMillis how long nothing has been heard on it
   * @param rttMicros the round-trip time of its path, or null while unknown
   * @param messagesSent on it, signs of life included
   * @param bytesSent of those
   * @param messagesReceived on it, signs of life included
   * @param bytesReceived of those
   */
  public record BondReport(
      String peer,
      String role,
      boolean observer,
      long ageMillis,
      long silenceMillis,
      @Nullable Long rttMicros,
      long messagesSent,
      long bytesSent,
      long messagesReceived,
      long bytesReceived) {}

  /**
   * What a member holds of the log, and how far it is with what it lacks.
   *
   * @param heldEntries of the log, in memory
   * @param heldBytes of those entries
   * @param snapshotPosition the last position that the latest snapshot covers; 0 without one
   * @param fetchedBytes that are here of a snapshot that is being fetched
   * @param fetchBytes of that snapshot; 0 if none is being fetched
   * @param diverged whether the state was found to differ from another member's
   */
  public record SyncReport(
      long heldEntries,
      long heldBytes,
      long snapshotPosition,
      long fetchedBytes,
      long fetchBytes,
      boolean diverged) {}

  /**
   * What a state machine is doing.
   *
   * @param busyMillis how long it has been at what it does now; 0 if it waits for work
   * @param busyWith the log position that it applies, or the last one applied
   * @param waiting how much work waits for it
   * @param rejected how many commands it has rejected
   */
  public record MachineReport(long busyMillis, long busyWith, int waiting, long rejected) {}
}
