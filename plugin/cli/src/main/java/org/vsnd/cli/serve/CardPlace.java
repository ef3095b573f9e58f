// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.serve;

import org.vsnd.server.Endpoint;

/**
 * How and where a card is served.
 *
 * @param front the protocol
 * @param endpoint where clients connect
 */
public record CardPlace(Front front, Endpoint endpoint) {}
