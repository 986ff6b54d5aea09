"""What training and evaluation share: the folder contract, the dataset, digests and the packed artefact."""
