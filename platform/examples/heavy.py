"""The kitchen with an environment as slow as this field's: to see what the netcode makes of it on your machine."""

import igym

experiment = igym.Experiment(
    id="heavy",
    title="A heavy kitchen",
    scenes=[
        igym.Page(
            id="instructions",
            title="Two cooks, one kitchen",
            paragraphs=["Walk with the arrow keys. The space bar takes, puts and serves whatever you are facing."],
        ),
        igym.Game(id="heavy", environment="environments/heavy.py:Heavy", title="Kitchen", max_steps=1800),
        igym.ThankYou(paragraphs=["Thank you for cooking with us. Please copy the code below."]),
    ],
)
