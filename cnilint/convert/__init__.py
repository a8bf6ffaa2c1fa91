"""Choices in another form: values of the add-on and of the chart, a patch, eksctl, Terraform."""
