package io.mosaik.transport.quic;

import io.mosaik.transport.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicClosedChannelException;
import io.netty.handler.codec.quic.QuicConnectionCloseEvent;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLException;

/** Close reasons as QUIC carries them: application close codes with a text (RFC 9000 §19.19). */
final class CloseCodes {

  static final int MAX_TEXT_BYTES = 200;

  /** The TLS alert no_application_protocol (RFC 7301 §3.2). */
  private static final int NO_APPLICATION_PROTOCOL = 120;

  private CloseCodes() {}

  /** Closes a channel now; the other side hears the reason. */
  static void close(QuicChannel channel, CloseReason reason) {
    var unused = channel.close(true, toWire(reason), textToWire(reason));
  }

  /** Closes a channel that has nothing to tell, from a task of its own. */
  static void drop(Channel channel) {
    channel
        .eventLoop()
        .execute(() -> {
          var unused = channel.close();
        });
  }

  /** The code on the wire; Netty carries 31 bits of them, which is more than we have codes. */
  private static int toWire(CloseReason reason) {
    return (int) Math.min(reason.code(), Integer.MAX_VALUE);
  }

  /** The text on the wire, at most 200 bytes. */
  private static ByteBuf textToWire(CloseReason reason) {
    byte[] text = reason.text().getBytes(StandardCharsets.UTF_8);
    int length = Math.min(text.length, MAX_TEXT_BYTES);
    while (length < text.length && length > 0 && (text[length] & 0xc0) == 0x80) {
      length--;
    }
    return Unpooled.copiedBuffer(text, 0, length);
  }

  /** What the other side's close means here. */
  static CloseReason fromWire(QuicConnectionCloseEvent event) {
    if (event.isApplicationClose()) {
      return new CloseReason(event.error(), textFromWire(event.reason()));
    }
    if (event.isTlsError()) {
      int alert = QuicConnectionCloseEvent.extractTlsError(event.error());
      return alert == NO_APPLICATION_PROTOCOL
          ? CloseReason.INVALID_ALPN
          : CloseReason.NOT_ADMITTED.because("TLS alert " + alert);
    }
    return CloseReason.CONNECTION_LOST.because("QUIC error " + event.error());
  }

  /** Why a dial failed. */
  static CloseReason ofFailedDial(Throwable cause) {
    return switch (cause) {
      case ConnectTimeoutException e -> CloseReason.TIMED_OUT;
      case QuicClosedChannelException e when e.event() != null -> fromWire(e.event());
      case SSLException e -> CloseReason.NOT_ADMITTED.because("TLS handshake failed");
      default -> CloseReason.CONNECTION_LOST;
    };
  }

  /** The other side chose the text: one short line, nothing that a terminal or a log would obey. */
  static String textFromWire(byte[] utf8) {
    var out = new StringBuilder();
    new String(utf8, 0, Math.min(utf8.length, MAX_TEXT_BYTES), StandardCharsets.UTF_8)
        .codePoints()
        .forEach(c -> out.appendCodePoint(isObeyed(c) ? ' ' : c));
    return out.toString();
  }

  /** Controls, ends of lines of every kind, and what turns the direction of writing. */
  private static boolean isObeyed(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }
}
