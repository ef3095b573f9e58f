// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.server.Front;
import org.vsnd.server.Message;
import org.vsnd.server.ProtocolException;
import org.vsnd.server.Reply;
import org.vsnd.server.ServerParts;
import org.vsnd.spi.Host;
import org.vsnd.spi.PciFunction;
import org.vsnd.spi.PluginException;

/** Offers a {@link PciFunction} with the vfio-user protocol. Device thread only. */
public final class VfioUserFront implements Front {
    /** Makes the function that is served. */
    public interface FunctionFactory {
        /**
         * Makes it.
         *
         * @param host the server's services for the function's whole life; the budget is one of its abilities
         * @throws PluginException with a sentence for the operator
         */
        PciFunction create(Host host) throws PluginException;
    }

    private final PciFunction function;
    private final ClientInterrupts interrupts;
    private final VersionExchange version;
    private final Dispatcher dispatcher;
    private boolean negotiated;

    private VfioUserFront(ServerParts parts, FunctionFactory factory) throws PluginException, ErrnoException {
        interrupts = new ClientInterrupts(parts.loop(), parts.budget());
        function = factory.create(new VfioHost(parts.memory(), interrupts, parts.loop(), parts.budget()));
        version = new VersionExchange(parts.budget());
        PciLayout layout = PciLayout.of(function);
        dispatcher = new Dispatcher(
                function,
                new RegionAccess(function, layout, parts.notifications(), parts.log()),
                new DmaCommands(parts.announced(), parts.log()),
                new SetIrqs(function, interrupts, layout.msixVectors()),
                interrupts,
                parts.log());
    }

    /** Fronts for functions that {@code factory} makes. */
    public static Front.Factory serving(FunctionFactory factory) {
        return parts -> new VfioUserFront(parts, factory);
    }

    @Override
    public int headerLength() {
        return Header.LENGTH;
    }

    @Override
    public int mostLength() {
        return Header.MAX_LENGTH;
    }

    @Override
    public boolean negotiated() {
        return negotiated;
    }

    @Override
    public long lengthOf(Message message) throws ProtocolException {
        if (negotiated) {
            Header.checkCommand(message);
        } else {
            VersionExchange.checkHeader(message);
        }
        return Header.size(message);
    }

    @Override
    public void handle(Message message, Reply reply) throws ProtocolException {
        if (negotiated) {
            dispatcher.handle(message, reply);
        } else {
            version.answer(message, reply);
            negotiated = true;
        }
    }

    @Override
    public int finish(Message message, Reply reply) {
        return Header.answer(message, reply);
    }

    @Override
    public void clientGone() {
        negotiated = false;
        interrupts.disableAll();
    }

    @Override
    public void reset() {
        try {
            function.reset();
        } finally {
            interrupts.disableAll(); // interrupts raised by the reset itself are for nobody
        }
    }

    @Override
    public void close() {
        try {
            function.close();
        } finally {
            interrupts.disableAll();
        }
    }
}
