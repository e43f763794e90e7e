"""Two foragers on a meadow. Its environment imports a package of the index, which the platform serves to the browsers."""

import igym

experiment = igym.Experiment(
    id="forage",
    title="The meadow",
    packages=["sortedcontainers>=2.4"],
    scenes=[
        igym.Page(
            id="instructions",
            title="Berries",
            paragraphs=[
                "Ripe berries are worth more the longer you leave them, but they rot. Walk over a berry with the arrow keys to pick it."
            ],
        ),
        igym.Game(id="forage", environment="environments/forage.py:Forage", title="Forage"),
        igym.ThankYou(paragraphs=["Thank you. Please copy the code below."]),
    ],
)
