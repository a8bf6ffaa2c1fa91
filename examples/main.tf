# The add-on by way of the Terraform module. What a variable gives is not known and not judged; what stands here is.
variable "kubernetes_version" {
  type    = string
  default = "1.33"
}

module "eks" {
  source             = "terraform-aws-modules/eks/aws"
  version            = "~> 21.0"
  name               = "shop"
  kubernetes_version = var.kubernetes_version

  addons = {
    vpc-cni = {
      before_compute = true
      addon_version  = "v1.19.5-eksbuild.1"
      configuration_values = jsonencode({
        env = {
          WARM_IP_TARGET           = "2"
          ENABLE_PREFIX_DELEGATION = "yes"
          WARM_ENI_TARGET          = 1
        }
        nodeAgent = { enablePolicyEventLogs = true }
      })
    }
  }

  eks_managed_node_groups = {
    general = { instance_types = ["m6i.large"] }
  }
}
