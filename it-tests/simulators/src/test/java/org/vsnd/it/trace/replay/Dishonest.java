package org.vsnd.it.trace.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.withSettings;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.mockito.MockMakers;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.spi.DeviceThread;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.spi.Host;
import org.vsnd.spi.PciFunction;
import org.vsnd.spi.PciInterrupts;

/** Cards that do everything right but one thing. */
final class Dishonest {
    private Dishonest() {}

    /** Changes bytes in place, on their way between the card and guest memory. */
    interface Spoiler {
        void spoil(long address, byte[] bytes) throws GuestMemoryException;
    }

    /** The same object, to be made different. */
    static <T> T like(Class<T> type, T honest, Consumer<T> difference) {
        // Mockito's usual way changes classes of the JDK for good, at 24 bytes a message of the cards tested after
        // this.
        T other = mock(
                type,
                withSettings()
                        .defaultAnswer(delegatesTo(honest))
                        .mockMaker(MockMakers.SUBCLASS)
                        .stubOnly());
        difference.accept(other);
        return other;
    }

    /** With other registers; what is honest is the second argument. */
    static CardFactory registers(BiConsumer<PciFunction, PciFunction> difference) {
        return (host, options, backend) -> {
            PciFunction honest = CardFactory.PLUGIN.create(host, options, backend);
            return like(PciFunction.class, honest, other -> difference.accept(other, honest));
        };
    }

    /** With other interrupts; what is honest is the second argument. */
    static CardFactory interrupts(BiConsumer<PciInterrupts, PciInterrupts> difference) {
        return (host, options, backend) -> {
            PciInterrupts honest = host.interrupts();
            PciInterrupts other = like(PciInterrupts.class, honest, it -> difference.accept(it, honest));
            return CardFactory.PLUGIN.create(new OtherHost(host, host.memory(), other), options, backend);
        };
    }

    /** That writes other bytes. */
    static CardFactory writes(Spoiler spoiler) {
        return memory(memory -> new SpoiltMemory(memory, spoiler, (address, bytes) -> {}));
    }

    /** That takes other bytes for those it reads. */
    static CardFactory reads(Spoiler spoiler) {
        return memory(memory -> new SpoiltMemory(memory, (address, bytes) -> {}, spoiler));
    }

    /** Something done to guest memory. */
    interface Access {
        void to(GuestMemory memory) throws GuestMemoryException;
    }

    /** That does something as soon as it has given back a chain with so many bytes written. */
    static CardFactory afterUsed(int length, Access access) {
        AtomicBoolean armed = new AtomicBoolean();
        return memory(memory -> new SpoiltMemory(
                memory,
                (address, bytes) -> {
                    if (bytes.length == 8 && bytes[4] == (byte) length && bytes[6] == (byte) (length >>> 16)) {
                        armed.set(true);
                    }
                },
                (address, bytes) -> {},
                () -> {
                    if (armed.getAndSet(false)) {
                        try {
                            access.to(memory);
                        } catch (GuestMemoryException e) {
                            assertThat(e).isNotNull(); // refused, and that is on record
                        }
                    }
                }));
    }

    private static CardFactory memory(UnaryOperator<GuestMemory> spoilt) {
        return (host, options, backend) -> CardFactory.PLUGIN.create(
                new OtherHost(host, spoilt.apply(host.memory()), host.interrupts()), options, backend);
    }

    /** Writes frames to an honest sink in its own way. */
    interface Writer {
        int write(AudioSink honest, ByteBuffer frames);
    }

    /** That does something else when it hands frames to the host. */
    static CardFactory sinks(Writer writer) {
        return backend(backend -> doAnswer(opening -> {
                    AudioSink honest = (AudioSink) delegatesTo(backend.honest()).answer(opening);
                    return like(
                            AudioSink.class,
                            honest,
                            sink -> doAnswer(call -> writer.write(honest, call.getArgument(0)))
                                    .when(sink)
                                    .write(any()));
                })
                .when(backend.other())
                .openSink(any(), any()));
    }

    /** That changes what it has recorded: bytes from 0 to the position. */
    static CardFactory sources(Consumer<ByteBuffer> spoiler) {
        return backend(backend -> doAnswer(opening -> {
                    AudioSource honest =
                            (AudioSource) delegatesTo(backend.honest()).answer(opening);
                    return like(
                            AudioSource.class,
                            honest,
                            source -> doAnswer(call -> {
                                        ByteBuffer dst = call.getArgument(0);
                                        int frames = honest.read(dst);
                                        spoiler.accept(dst);
                                        return frames;
                                    })
                                    .when(source)
                                    .read(any()));
                })
                .when(backend.other())
                .openSource(any(), any()));
    }

    private record Backends(AudioBackend honest, AudioBackend other) {}

    private static CardFactory backend(Consumer<Backends> difference) {
        return (host, options, backend) -> CardFactory.PLUGIN.create(
                host,
                options,
                like(AudioBackend.class, backend, other -> difference.accept(new Backends(backend, other))));
    }

    /** That is made with another option than the replay wants. */
    static CardFactory option(String name, String value) {
        return (host, options, backend) -> {
            Map<String, String> others = new HashMap<>(options);
            others.put(name, value);
            return CardFactory.PLUGIN.create(host, others, backend);
        };
    }

    private record OtherHost(Host host, GuestMemory memory, PciInterrupts interrupts) implements Host {
        @Override
        public DeviceThread thread() {
            return host.thread();
        }

        @Override
        public <T> Optional<T> ability(Class<T> type) {
            return Optional.empty();
        }
    }

    private record SpoiltMemory(GuestMemory memory, Spoiler onWrite, Spoiler onRead, Runnable afterStore)
            implements GuestMemory {
        SpoiltMemory(GuestMemory memory, Spoiler onWrite, Spoiler onRead) {
            this(memory, onWrite, onRead, () -> {});
        }

        @Override
        public void read(long address, ByteBuffer dst) throws GuestMemoryException {
            byte[] bytes = new byte[dst.remaining()];
            memory.read(address, ByteBuffer.wrap(bytes));
            onRead.spoil(address, bytes);
            dst.put(bytes);
        }

        @Override
        public void write(long address, ByteBuffer src) throws GuestMemoryException {
            byte[] bytes = new byte[src.remaining()];
            src.get(bytes);
            onWrite.spoil(address, bytes);
            memory.write(address, ByteBuffer.wrap(bytes));
        }

        @Override
        public short loadAcquire16(long address) throws GuestMemoryException {
            return memory.loadAcquire16(address);
        }

        @Override
        public void storeRelease16(long address, short value) throws GuestMemoryException {
            memory.storeRelease16(address, value);
            afterStore.run();
        }
    }
}
