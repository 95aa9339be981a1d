"""The network as the facts tell it: places, links, crossings, elements, projects, money."""
