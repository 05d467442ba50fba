package io.mosaik.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.mosaik.id.NetworkId;
import io.mosaik.transport.Address;
import io.mosaik.wire.DecoderContract;
import io.mosaik.wire.Decodes;
import io.mosaik.wire.MalformedException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** What peers sign of themselves, as relays and members pass it on. */
@Decodes({SignedPeerEntry.class, Notice.class, EntryCodec.class})
final class EntryFuzzTest {

  static Stream<byte[]> notices() {
    var version = new EntryVersion(1, 3);
    return Stream.of(
            EntryCodecTest.signed(3).toNotice(),
            EntryCodecTest.signed(0).toNotice(),
            Notice.departure(NetworkId.of("net"), version, EntryCodecTest.KEY))
        .map(Notice.CODEC::toBytes);
  }

  @MethodSource("notices")
  @FuzzTest
  void a_notice_is_malformed_or_has_one_form_and_so_has_its_entry(byte[] input) {
    Notice notice = DecoderContract.readsOneForm(Notice.CODEC, input);
    SignedPeerEntry signed = DecoderContract.readsOneForm(SignedPeerEntry.CODEC, input);
    if (notice == null) {
      assertThat(signed).isNull();
      return;
    }
    if (signed == null) {
      assertThat(refusesTheEntryOf(notice)).isTrue();
      return;
    }
    assertThat(notice.toEntry()).isEqualTo(signed);
    assertThat(signed.isAuthentic()).isEqualTo(notice.isAuthentic());
    assertThat(Arrays.equals(EntryCodec.encode(signed.entry()), signed.bytes())).isTrue();
    for (Address address : signed.entry().addresses()) {
      assertThat(Address.parse(address.toString())).isEqualTo(address);
    }
  }

  private static boolean refusesTheEntryOf(Notice notice) {
    try {
      return notice.toEntry() == null;
    } catch (MalformedException refused) {
      return true;
    }
  }
}
