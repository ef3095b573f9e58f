// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import static org.vsnd.it.vfiouser.VfioUserConnection.payload;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.it.vfiouser.ClientMemory;
import org.vsnd.it.vfiouser.Personality;
import org.vsnd.it.vfiouser.VfioUserBus;
import org.vsnd.it.vfiouser.VfioUserConnection;
import org.vsnd.it.vfiouser.VfioUserDevice;
import org.vsnd.it.vfiouser.VfioUserErrorException;
import org.vsnd.nativebind.libc.EventFd;
import org.vsnd.nativebind.libc.FileDescriptors;
import org.vsnd.nativebind.libc.LibC;
import org.vsnd.nativebind.libc.MemFd;
import org.vsnd.nativebind.libc.NativeBuffer;
import org.vsnd.testing.DisconnectedException;

/** Ways for the client of a card to take all that it can get, each for some time. */
enum Greed {
    NONE {
        @Override
        void attack(Path socket, long endNanos) throws Exception {
            while (left(endNanos)) {
                Thread.sleep(PAUSE_MILLIS);
            }
        }
    },
    MANY_MAPPINGS {
        @Override
        void attack(Path socket, long endNanos) throws Exception {
            withDevice(socket, device -> {
                while (left(endNanos)) {
                    long address = device.wire().messages() * PAGE;
                    try (MemFd file = MemFd.create("greedy", PAGE, true)) {
                        tryTo(() -> device.dmaMap(READ_WRITE, 0, address, PAGE, file.fd()));
                    }
                }
            });
        }
    },
    HUGE_FILES {
        @Override
        void attack(Path socket, long endNanos) throws Exception {
            List<MemFd> files = new ArrayList<>();
            withDevice(socket, device -> {
                while (left(endNanos)) {
                    if (files.size() < MANY_FILES) {
                        files.add(MemFd.create("greedy", HUGE, true));
                    }
                    MemFd file = files.get((int) (device.wire().messages() % files.size()));
                    long address = device.wire().messages() * PAGE;
                    tryTo(() -> device.dmaMap(READ_WRITE, HUGE / 2, address, PAGE, file.fd()));
                    tryTo(() -> device.dmaMap(READ_WRITE, 0, HUGE, HUGE, file.fd()));
                }
            });
            files.forEach(MemFd::close);
        }
    },
    MAPS_AND_UNMAPS {
        @Override
        void attack(Path socket, long endNanos) throws Exception {
            withDevice(socket, device -> {
                try (MemFd file = MemFd.create("greedy", 1 << 30, true)) {
                    while (left(endNanos)) {
                        device.dmaMap(READ_WRITE, 0, 0, 1 << 30, file.fd());
                        device.dmaUnmap(0, 1 << 30);
                    }
                }
            });
        }
    },
    LONG_VERSIONS {
        @Override
        void attack(Path socket, long endNanos) throws Exception {
            ByteBuffer version = payload(60_000).putInt(0, 0);
            for (int i = 4; i < version.capacity() - 1; i++) {
                version.put(i, (byte) '[');
            }
            while (left(endNanos)) {
                tryTo(() -> {
                    try (VfioUserConnection wire = VfioUserConnection.open(socket)) {
                        wire.request(VERSION, version, VfioUserConnection.ANY);
                    }
                });
            }
        }
    },
    GARBAGE {
        @Override
        void attack(Path socket, long endNanos) throws Exception {
            while (left(endNanos)) {
                tryTo(() -> {
                    try (VfioUserConnection wire = VfioUserConnection.open(socket)) {
                        wire.sendRaw(new byte[64]);
                        wire.awaitDisconnect(1000);
                    }
                });
            }
        }
    },
    FLOOD_OF_MESSAGES {
        @Override
        void attack(Path socket, long endNanos) throws Exception {
            withDevice(socket, device -> {
                while (left(endNanos)) {
                    for (int i = 0; i < 200; i++) {
                        device.write(CONFIG_REGION, 0x3c, 1, i, true);
                    }
                    device.read(CONFIG_REGION, 0, 4);
                }
            });
        }
    },
    RESAMPLE_ALWAYS_READY {
        @Override
        void attack(Path socket, long endNanos) throws Exception {
            withDevice(socket, device -> {
                int zero = FileDescriptors.open(Path.of("/dev/zero"));
                tryTo(() -> device.setIrqs(UNMASK_BY_EVENTFD, 0, 0, 1, zero));
                FileDescriptors.close(zero);
                try (EventFd both = EventFd.create();
                        EventFd semaphore = EventFd.adopt(LibC.eventfd(0, EFD_SEMAPHORE))) {
                    NativeBuffer count = new NativeBuffer(8);
                    count.bytes().putLong(0, 1L << 60);
                    LibC.write(semaphore.fd(), count.address(), 8);
                    device.setIrqs(TRIGGER_BY_EVENTFD, 0, 0, 1, both.fd());
                    device.setIrqs(UNMASK_BY_EVENTFD, 0, 0, 1, semaphore.fd());
                    while (left(endNanos)) {
                        Thread.sleep(PAUSE_MILLIS);
                        device.setIrqs(UNMASK_BY_EVENTFD, 0, 0, 1, both.fd());
                        device.setIrqs(TRIGGER_NOW, 0, 0, 1);
                    }
                }
            });
        }
    },
    BLOCKING_EVENTFD {
        @Override
        void attack(Path socket, long endNanos) throws Exception {
            withDevice(socket, device -> {
                NativeBuffer most = new NativeBuffer(8);
                most.bytes().putLong(0, -2);
                try (EventFd full = EventFd.create()) {
                    LibC.write(full.fd(), most.address(), 8);
                    device.setIrqs(TRIGGER_BY_EVENTFD, 2, 0, 1, full.fd());
                    LibC.fcntl(full.fd(), LibC.F_SETFL, 0);
                    while (left(endNanos)) {
                        device.setIrqs(TRIGGER_NOW, 2, 0, 1);
                    }
                }
            });
        }
    },
    LARGEST_BUFFERS {
        @Override
        void attack(Path socket, long endNanos) throws Exception {
            withDriver(socket, driver -> {
                for (int stream = 0; stream < OUTPUTS; stream++) {
                    driver.setParams(stream, LARGEST);
                    driver.command(SndWire.R_PCM_PREPARE, stream);
                    driver.command(SndWire.R_PCM_START, stream);
                }
                while (left(endNanos)) {
                    Thread.sleep(PAUSE_MILLIS);
                }
            });
        }
    },
    PREPARES_AND_RELEASES {
        @Override
        void attack(Path socket, long endNanos) throws Exception {
            withDriver(socket, driver -> {
                for (int stream = 0; left(endNanos); stream = (stream + 1) % OUTPUTS) {
                    driver.setParams(stream, LARGEST);
                    driver.command(SndWire.R_PCM_PREPARE, stream);
                    driver.command(SndWire.R_PCM_RELEASE, stream);
                }
            });
        }
    };

    private static final int VERSION = 1;
    private static final int CONFIG_REGION = VfioUserDevice.CONFIG_REGION;
    private static final int READ_WRITE = 3;
    private static final int TRIGGER_BY_EVENTFD = 0x24;
    private static final int UNMASK_BY_EVENTFD = 0x14;
    private static final int TRIGGER_NOW = 0x21;
    private static final int EFD_SEMAPHORE = 1;
    private static final long PAGE = 0x1000;
    private static final long HUGE = 1L << 46;
    private static final int MANY_FILES = 300;
    private static final int RAM_BYTES = 8 << 20;
    private static final int OUTPUTS = 16;
    private static final int PAUSE_MILLIS = 20;
    private static final StreamSetup LARGEST = StreamSetup.s16At48k(2 << 20, 4 << 20);

    /** Something that the card may refuse. */
    interface Try {
        void run() throws Exception;
    }

    private interface WithDevice {
        void run(VfioUserDevice device) throws Exception;
    }

    private interface WithDriver {
        void run(SoundDriver driver) throws Exception;
    }

    /** Takes what it can until then. */
    abstract void attack(Path socket, long endNanos) throws Exception;

    static boolean left(long endNanos) {
        return endNanos - System.nanoTime() > 0;
    }

    static void tryTo(Try what) throws Exception {
        try {
            what.run();
        } catch (VfioUserErrorException | DisconnectedException e) {
            // Refused, as it should be.
        }
    }

    private static void withDevice(Path socket, WithDevice what) throws Exception {
        try (VfioUserConnection wire = VfioUserConnection.open(socket)) {
            VfioUserDevice device = new VfioUserDevice(wire);
            device.version(0, 0, Personality.QEMU.capabilities());
            what.run(device);
        }
    }

    private static void withDriver(Path socket, WithDriver what) throws Exception {
        try (ClientMemory memory = new ClientMemory(RAM_BYTES)) {
            VfioUserBus bus = VfioUserBus.connect(socket, Personality.QEMU, memory);
            try {
                what.run(SoundDriver.start(bus, DriverStyle.LINUX));
            } finally {
                bus.close();
            }
        }
    }
}
