"""Two cooks in a cramped kitchen: the smallest complete experiment."""

import igym

experiment = igym.Experiment(
    id="kitchen",
    title="A small kitchen",
    scenes=[
        igym.Page(
            id="instructions",
            title="Two cooks, one kitchen",
            paragraphs=[
                "You and another person run a tiny kitchen together. Three onions in a pot make a soup; put it on a dish.",
                "Bring the dish to the serving counter.",
                "Walk with the arrow keys. The space bar takes, puts and serves whatever you are facing.",
                "There is little room. Every soup counts for both of you.",
            ],
        ),
        igym.Game(id="kitchen", environment="environments/kitchen.py:Kitchen", title="Kitchen"),
        igym.ThankYou(paragraphs=["Thank you for cooking with us. Please copy the code below."]),
    ],
)
