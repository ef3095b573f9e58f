package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.it.audio.TapeSource;
import org.vsnd.it.driver.DriverStyle;
import org.vsnd.it.driver.HaikuExchange;
import org.vsnd.it.driver.Pattern;
import org.vsnd.it.driver.SndWire;
import org.vsnd.it.driver.SoundDriver;

@DisplayName("Haiku's full duplex with one message in flight")
class HaikuTest {
    private static final long MILLI = 1_000_000L;

    private static void assertExact(HaikuExchange exchange, int from, int to) {
        List<HaikuExchange.Times> times = exchange.times();
        long rate = exchange.setup().rateHz();
        long period = 16384L * 1_000_000_000L / rate;
        for (int i = from + 1; i < to; i++) {
            assertThat(times.get(i).playedNanos() - times.get(i - 1).playedNanos())
                    .as("playback of exchange %d", i)
                    .isBetween(period, period + 1);
            assertThat(times.get(i).recordedNanos() - times.get(i - 1).recordedNanos())
                    .as("recording of exchange %d", i)
                    .isBetween(period, period + 1);
        }
    }

    @ParameterizedTest
    @CsvSource({"5,7,0", "5,7,2", "5,7,10", "5,7,35", "5,7,70", "17,7,2", "5,6,2", "5,6,70"})
    @DisplayName(
            "runs at exactly a period an exchange, and loses nothing either way, whatever the media server's think time")
    void isExact(int format, int rate, long thinkMillis) {
        try (VirtualMachine machine = VirtualMachine.guarded(Map.of("formats", "S16,S32"))) {
            SoundDriver driver = machine.driver(DriverStyle.HAIKU);
            HaikuExchange exchange = new HaikuExchange(driver, format, rate);
            exchange.start();
            exchange.exchanges(30, thinkMillis * MILLI);
            HaikuExchange.Times first = exchange.times().get(0);
            assertThat(first.playedNanos() - first.startNanos())
                    .as("120 - 40 ms")
                    .isEqualTo(80 * MILLI);
            assertExact(exchange, 0, 30);
            int bytes = 30 * exchange.setup().periodBytes();
            byte[] sound = machine.tape().sink().sound();
            assertThat(sound).isEqualTo(Pattern.bytes(0, 0, bytes));
            int preRoll = machine.tape().sink().tape().length - bytes;
            assertThat(preRoll)
                    .isEqualTo((int) (exchange.setup().rateHz() * 120L / 1000)
                            * exchange.setup().frameBytes());
            assertThat(exchange.recorded()).isEqualTo(Pattern.bytes(TapeSource.SEED, 0, bytes));
            assertThat(machine.card().statistics().get(0).xruns()).isZero();
            exchange.stop();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {400, 700, 1000, 2500, 5000})
    @DisplayName("is exact again soon after a pause of the media server")
    void isExactAfterAPause(long pauseMillis) {
        try (VirtualMachine machine = VirtualMachine.guarded()) {
            SoundDriver driver = machine.driver(DriverStyle.HAIKU);
            HaikuExchange exchange = new HaikuExchange(driver, SndWire.FMT_S16, SndWire.RATE_48000);
            exchange.start();
            exchange.exchanges(10, 2 * MILLI);
            machine.bus().pass(pauseMillis * MILLI);
            exchange.exchanges(10, 2 * MILLI);
            assertExact(exchange, 0, 10);
            assertExact(exchange, 13, 20);
            assertThat(machine.tape().sink().withoutSilence())
                    .as("nothing that was handed over is lost")
                    .isEqualTo(Pattern.bytes(0, 0, 20 * 65536));
            assertThat(machine.card().statistics().get(0).xruns()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("closes and opens again")
    void closesAndOpensAgain() {
        try (VirtualMachine machine = VirtualMachine.guarded()) {
            SoundDriver driver = machine.driver(DriverStyle.HAIKU);
            for (int round = 0; round < 3; round++) {
                HaikuExchange exchange = new HaikuExchange(driver, SndWire.FMT_S16, SndWire.RATE_48000);
                exchange.start();
                exchange.exchanges(5, 2 * MILLI);
                assertExact(exchange, 0, 5);
                exchange.stop();
                driver.start();
                machine.bus().pass(200 * MILLI);
            }
        }
    }

    @Test
    @DisplayName("works with the message that Haiku suppresses interrupts by, which the card ignores")
    void interruptsInSpiteOfTheHint() {
        try (VirtualMachine machine = VirtualMachine.guarded()) {
            SoundDriver driver = machine.driver(DriverStyle.HAIKU);
            driver.pci().queue(SndWire.TX_QUEUE).suppressInterrupts(true);
            HaikuExchange exchange = new HaikuExchange(driver, SndWire.FMT_S16, SndWire.RATE_48000);
            exchange.start();
            exchange.exchanges(3, 0);
            assertExact(exchange, 0, 3);
        }
    }
}
