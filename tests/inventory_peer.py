"""The stockpyl package as the tests compare with it; Python warns of escapes in its sources when it reads them."""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from stockpyl import eoq, gsm_tree, newsvendor, rq, ss, ssm_serial, supply_uncertainty, wagner_whitin
    from stockpyl.supply_chain_network import SupplyChainNetwork
    from stockpyl.supply_chain_node import SupplyChainNode

__all__ = [
    "SupplyChainNetwork",
    "SupplyChainNode",
    "eoq",
    "gsm_tree",
    "newsvendor",
    "rq",
    "ss",
    "ssm_serial",
    "supply_uncertainty",
    "wagner_whitin",
]
