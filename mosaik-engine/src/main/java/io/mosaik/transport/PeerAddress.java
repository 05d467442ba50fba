package io.mosaik.transport;

import io.mosaik.id.PeerId;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where to reach a peer: {@code PEERID@host:port}, further candidates after commas. Without the
 * peer id, whoever answers is the peer.
 *
 * @param peerId the key that must answer, or null to learn it
 * @param candidates at least one address; tried side by side
 */
public record PeerAddress(@Nullable PeerId peerId, List<Address> candidates) {

  /** Copies the list and checks that it isn't empty. */
  public PeerAddress {
    candidates = List.copyOf(candidates);
    if (candidates.isEmpty()) {
      throw new IllegalArgumentException("a peer address needs at least one host:port");
    }
  }

  /** One candidate of a known peer. */
  public static PeerAddress of(PeerId peerId, Address address) {
    return new PeerAddress(peerId, List.of(address));
  }

  /** An address whose peer is learned by dialling it. */
  public static PeerAddress of(Address address) {
    return new PeerAddress(null, List.of(address));
  }

  /**
   * Reads {@code [PEERID@]host:port[,host:port]...}.
   *
   * @throws IllegalArgumentException that says what is wrong with it
   */
  public static PeerAddress parse(String text) {
    int at = text.indexOf('@');
    PeerId peerId = at < 0 ? null : PeerId.parse(text.substring(0, at));
    List<Address> candidates =
        Stream.of(text.substring(at + 1).split(",", -1)).map(Address::parse).toList();
    return new PeerAddress(peerId, candidates);
  }

  @Override
  public String toString() {
    String addresses = candidates.stream().map(Address::toString).collect(Collectors.joining(","));
    return peerId == null ? addresses : peerId + "@" + addresses;
  }
}
