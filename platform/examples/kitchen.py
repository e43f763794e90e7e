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
                "You and another person run a tiny kitchen together. The order at the top asks for an onion or a tomato soup.",
                "Three onions, or three tomatoes, in a pot make a soup. When it is done, take it up with a dish and serve it at the green counter.",
                "Walk with the arrow keys. The space bar takes, puts and serves whatever you are facing.",
                "There is little room. Every soup counts for both of you.",
            ],
        ),
        igym.Game(id="kitchen", environment="environments/kitchen.py:Kitchen", title="Kitchen"),
        igym.ThankYou(paragraphs=["Thank you for cooking with us. Please copy the code below."]),
    ],
)
