"""Two players, one ball, gravity."""

import igym

experiment = igym.Experiment(
    id="volley",
    title="Beach volley",
    scenes=[
        igym.Page(
            id="instructions",
            title="Keep it in the air",
            paragraphs=[
                "Each of you guards one side of the net. Let the ball touch the sand on your side and the other one scores.",
                "Run with the left and right arrow keys, jump with the up arrow.",
            ],
        ),
        igym.Game(id="volley", environment="environments/volley.py:Volley", title="Volley"),
        igym.ThankYou(paragraphs=["Well played. Please copy the code below."]),
    ],
)
